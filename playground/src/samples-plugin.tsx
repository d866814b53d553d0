import { type GraphiQLPlugin, pick, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { type Sample, samples } from './samples';

/** GraphiQL's side panel that lists the samples and opens each in its tab, again after it was closed. */
export const SAMPLES_PLUGIN: GraphiQLPlugin = { title: 'Samples', icon: SamplesIcon, content: SamplesPanel };

function SamplesPanel() {
  const { addTab, changeTab } = useGraphiQLActions();
  const { tabs, queryEditor, variableEditor } = useGraphiQL(pick('tabs', 'queryEditor', 'variableEditor'));

  function open(sample: Sample) {
    const untouched = tabs.findIndex((tab) => tab.query === sample.query);
    if (untouched >= 0) {
      changeTab(untouched);
      return;
    }
    addTab();
    queryEditor?.setValue(sample.query);
    variableEditor?.setValue(sample.variables);
  }

  return (
    <section aria-label="Samples">
      <h2 className="samples-title">Samples</h2>
      <p>Each runs as it stands on the demo shop. Open one, read its comments, press the run button.</p>
      <ol className="samples-list">
        {samples.map((sample) => (
          <li key={sample.name}>
            <button type="button" className="samples-open" onClick={() => open(sample)}>
              <span className="samples-name">{sample.name}</span>
              {sample.role && <span className="badge">{sample.role}</span>}
              <span className="samples-description">{sample.description}</span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}

function SamplesIcon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
      <path d="M8 6h13M8 12h13M8 18h13" strokeLinecap="round" />
      <path d="m2.5 4.5 3 1.5-3 1.5zM2.5 10.5l3 1.5-3 1.5zM2.5 16.5l3 1.5-3 1.5z" strokeLinejoin="round" />
    </svg>
  );
}
