import type { VNode } from 'preact';
import { webUrl } from '../text/links.js';
import { WebLink } from './user-text.js';

/** Names and values as they were given. */
export const DataList = ({ data }: { readonly data: readonly (readonly [string, string | null])[] }): VNode => (
  <dl class="data">
    {data.map(([key, value]) =>
      value === null || value === '' ? null : (
        <div key={key}>
          <dt>
            <bdi>{key}</bdi>
          </dt>
          <dd>{webUrl(value) === undefined ? <bdi>{value}</bdi> : <WebLink href={value} />}</dd>
        </div>
      ),
    )}
  </dl>
);
