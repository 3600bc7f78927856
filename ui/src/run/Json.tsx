import './json.css';
import { JsonView } from 'react-json-view-lite';
import { compactJson } from './story.ts';

/** Above this many characters a tree of nodes is slower than reading. */
const TREE_LIMIT = 200_000;
/** Styles of the tree come from the sheet of this page, so both themes are covered. */
const STYLES = {
  container: 'json',
  childFieldsContainer: 'json-children',
  basicChildStyle: 'json-field',
  label: 'json-label',
  clickableLabel: 'json-label',
  nullValue: 'json-null',
  undefinedValue: 'json-null',
  stringValue: 'json-string',
  booleanValue: 'json-number',
  numberValue: 'json-number',
  otherValue: 'json-null',
  punctuation: 'json-mark',
  expandIcon: 'json-fold closed',
  collapseIcon: 'json-fold',
  collapsedContent: 'json-more',
  noQuotesForStringValues: false,
  quotesForFieldNames: false,
  ariaLables: { collapseJson: 'fold', expandJson: 'unfold' },
  stringifyStringValues: false,
};

const firstLevels = (level: number): boolean => level < 2;

/** A value as a tree; plain text where it is text or too large. */
export default function Json({ value }: { value: unknown }) {
  if (typeof value !== 'object' || value === null)
    return <pre className="plain">{compactJson(value, TREE_LIMIT) || 'nothing recorded'}</pre>;
  const text = JSON.stringify(value, null, 2);
  if (text.length > TREE_LIMIT) return <pre className="plain">{`${text.slice(0, TREE_LIMIT)}\n…`}</pre>;
  return <JsonView data={value} style={STYLES} shouldExpandNode={firstLevels} clickToExpandNode />;
}
