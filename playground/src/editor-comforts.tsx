import { pick, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { useEffect } from 'react';

/** Three things that GraphiQL has no setting for. Renders nothing. */
export function EditorComforts() {
  const { setTheme } = useGraphiQLActions();
  const { queryEditor, activeTabIndex, tabs, theme } = useGraphiQL(
    pick('queryEditor', 'activeTabIndex', 'tabs', 'theme'),
  );

  // The samples' comments are longer than a narrow editor.
  useEffect(() => queryEditor?.updateOptions({ wordWrap: 'on' }), [queryEditor]);

  // There are more tabs than fit a small window, and the strip shows no scrollbar.
  useEffect(() => {
    const tab = document.getElementById(`graphiql-session-tab-${activeTabIndex}`);
    tab?.parentElement?.scrollIntoView({ inline: 'nearest', block: 'nearest' });
  }, [activeTabIndex, tabs.length]);

  // The page follows the system when it turns dark; the editors have to be told.
  useEffect(() => {
    const system = matchMedia('(prefers-color-scheme: dark)');
    const follow = () => {
      if (!theme) setTheme(null);
    };
    system.addEventListener('change', follow);
    return () => system.removeEventListener('change', follow);
  }, [theme, setTheme]);

  return null;
}
