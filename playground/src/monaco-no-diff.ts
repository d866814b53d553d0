/** Stands in for Monaco's two side-by-side views, which its API refers to and the playground never opens. */
export class DiffEditorWidget {}
export class MultiDiffEditorWidget {}
