import './facets.css';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { facetsQuery } from '../api/analytics.ts';
import { modelLabels } from '../format/ids.ts';
import { formatInt } from '../format/numbers.ts';
import { Icon } from '../parts/Icon.tsx';
import type { IconName } from '../parts/icons.tsx';
import { Loaded } from '../parts/Loaded.tsx';
import { COSTS, FEATURES, type ListFilter, STATUSES, toggled } from '../url/runs-search.ts';
import { type FacetItem, inOrder, withTicked } from './facet-items.ts';
import { type RunsAddress, useRunsSearch } from './useRunsSearch.ts';

const FIRST = 6;

interface GroupProps {
  title: string;
  name: ListFilter;
  items: FacetItem[];
  address: RunsAddress;
  mark?: (value: string) => ReactNode;
  label?: (value: string) => string;
}

function Group({ title, name, items, address, mark, label = (value) => value }: GroupProps) {
  const [all, setAll] = useState(false);
  const ticked: readonly string[] = address.scope.filters[name] ?? [];
  if (items.length === 0) return null;
  const shown = all ? items : items.slice(0, FIRST);
  return (
    <details className="facet" open>
      <summary>
        {title}
        <Icon name="down" />
      </summary>
      <ul>
        {shown.map(({ value, count }) => (
          <li key={value}>
            <label>
              <input
                type="checkbox"
                className="check"
                checked={ticked.includes(value)}
                onChange={() => address.change({ [name]: toggled(ticked, value), peek: undefined })}
              />
              {mark?.(value)}
              <span className={value ? 'ell' : 'ell muted'} title={value}>
                {value ? label(value) : 'not set'}
              </span>
              <span className="facet-count">{formatInt(count)}</span>
            </label>
          </li>
        ))}
      </ul>
      {items.length > FIRST && (
        <button type="button" className="link facet-more" onClick={() => setAll(!all)}>
          {all ? 'Fewer' : `${items.length - FIRST} more`}
        </button>
      )}
    </details>
  );
}

const statusMark = (value: string) => (
  <span className={`status-${value} facet-mark`}>
    <Icon name={value as IconName} small />
  </span>
);
const featureMark = (value: string) => <Icon name={value as IconName} small className="facet-feature" />;

/** Values with the number of runs each would leave, under the other filters. */
export function Facets() {
  const address = useRunsSearch();
  const { filters } = address.scope;
  const facets = useQuery(facetsQuery(address.scope));
  return (
    <Loaded query={facets} what="The filters">
      {(data) => (
        <>
          <Group title="Status" name="status" address={address} items={inOrder(STATUSES, data.status)} mark={statusMark} />
          <Group title="Feature" name="feature" address={address} items={inOrder(FEATURES, data.feature)} mark={featureMark} />
          <Group
            title="Model"
            name="model"
            address={address}
            items={withTicked(data.model, filters.model)}
            label={modelLabels(data.model.map(({ value }) => value))}
          />
          <Group title="Provider" name="provider" address={address} items={withTicked(data.provider, filters.provider)} />
          <Group title="Cost" name="cost" address={address} items={inOrder(COSTS, data.cost)} />
          <Group title="User" name="user" address={address} items={withTicked(data.user, filters.user)} />
          <Group title="Tag" name="tag" address={address} items={withTicked(data.tag, filters.tag)} />
          <label className="facet-shelf">
            <input
              type="checkbox"
              className="check"
              checked={filters.archived ?? false}
              onChange={() => address.change({ archived: filters.archived ? undefined : true, peek: undefined })}
            />
            Archived runs
          </label>
        </>
      )}
    </Loaded>
  );
}
