/** A Prettier plugin that indents JSON with comments, on the parser that GraphiQL already brings. */
import { applyEdits, format } from 'jsonc-parser';
import type { Parser, Printer } from 'prettier';

interface Text {
  text: string;
}

const FORMAT = 'jsonc-text';

export const parsers: Record<string, Parser<Text>> = {
  jsonc: {
    astFormat: FORMAT,
    parse: (text) => ({ text }),
    locStart: () => 0,
    locEnd: ({ text }) => text.length,
  },
};

export const printers: Record<string, Printer<Text>> = {
  [FORMAT]: {
    print({ node: { text } }) {
      return applyEdits(text, format(text, undefined, { insertSpaces: true, tabSize: 2 }));
    },
  },
};
