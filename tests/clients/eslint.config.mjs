// What schema.graphql must keep to: graphql-eslint's recommended rules and Relay's, with the exceptions given here.
import { fileURLToPath } from 'node:url';
import graphql from '@graphql-eslint/eslint-plugin';

/** Values: two that are alike are the same, so there is nothing an id could tell apart. */
const VALUES = ['Address', 'Attribute', 'EventActor', 'Money', 'PageInfo', 'PriceRange', 'SelectedOption'];
/** Parts of one answer that mean nothing outside it. */
const PARTS = [
  'CartDiscountCode', 'CartDroppedLine', 'CartMergeReport', 'CartWarning', 'OrderDiscount', 'OrderLinePieces',
  'OrderReturnLine', 'PaymentFailure', 'RefundLine', 'SearchSuggestion', 'ShippingOption', 'ShippingWeightPrice',
  'WebhookAttempt',
];
/** There is one shop, and who wrote a review is not to be recognised by others of theirs. */
const WITHOUT_ID = ['Shop', 'ShopLimits', 'ReviewAuthor'];

export default [
  {
    files: ['**/*.graphql'],
    languageOptions: {
      parser: graphql.parser,
      parserOptions: {
        graphQLConfig: { schema: fileURLToPath(new URL('../../schema.graphql', import.meta.url)) },
      },
    },
    plugins: { '@graphql-eslint': graphql },
    rules: {
      ...graphql.configs['flat/schema-recommended'].rules,
      ...graphql.configs['flat/schema-relay'].rules,
      '@graphql-eslint/strict-id-in-types': [
        'error',
        {
          exceptions: {
            types: [...VALUES, ...PARTS, ...WITHOUT_ID],
            suffixes: ['Connection', 'Edge', 'Payload', 'UserError'],
          },
        },
      ],
      // Relay asks for forward arguments, backward ones or both. Lists whose order only means something forwards have
      // no backward ones: each pair is an index and a query plan more.
      '@graphql-eslint/relay-arguments': ['error', { includeBoth: false }],
      // Two demands of the plugin's that Relay does not make. Short, bounded lists (the lines of a cart, the errors of a
      // mutation) are no connections, and each connection has `nodes` for those who need no cursors. The entries of an
      // account's log and its sessions are listed for their owner: `node(id:)` finds neither.
      '@graphql-eslint/relay-edge-types': [
        'error',
        { listTypeCanWrapOnlyEdgeType: false, shouldImplementNode: false },
      ],
    },
  },
];
