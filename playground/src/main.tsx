import './monaco-workers';
import './style.css';
import { explorerPlugin } from '@graphiql/plugin-explorer';
import { HISTORY_PLUGIN } from '@graphiql/plugin-history';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';
import favicon from './favicon.svg';
import { EditorComforts } from './editor-comforts';
import { fetcher } from './fetcher';
import { LogInBox } from './log-in-box';
import { samples } from './samples';
import { SAMPLES_PLUGIN } from './samples-plugin';
import { SchemaNotice } from './schema-notice';

// Made once: GraphiQL takes a new array for a new set of plugins and forgets which one is open.
const PLUGINS = [SAMPLES_PLUGIN, explorerPlugin(), HISTORY_PLUGIN];

function Playground() {
  return (
    <>
      {/* GraphiQL's own class carries its colours in both themes. */}
      <header className="graphiql-container top-bar">
        <h1>
          <img src={favicon} alt="" width="24" height="24" />
          Cartograph
        </h1>
        <LogInBox />
      </header>
      <GraphiQL
        fetcher={fetcher}
        plugins={PLUGINS}
        visiblePlugin={SAMPLES_PLUGIN}
        defaultTabs={samples.map(({ query, variables }) => ({ query, variables }))}
        defaultEditorToolsVisibility="variables"
        shouldPersistHeaders={false}
      >
        <GraphiQL.Logo>
          <></>
        </GraphiQL.Logo>
        <SchemaNotice />
        <EditorComforts />
      </GraphiQL>
    </>
  );
}

const root = document.getElementById('root');
if (root) createRoot(root).render(<Playground />);
