import { Schema, SchemaTooNewError, type VersionedBody } from './schema.js';

interface Renamed extends VersionedBody {
  readonly d: Readonly<Record<string, unknown>>;
}

/** Version 2 calls a name what version 1 called a label; version 3 counts in seconds what version 2 counted in minutes. */
const schema = new Schema([
  (body) => {
    const { label, ...rest } = (body as Renamed).d;
    return { ...body, v: 2, d: { ...rest, name: label } } as Renamed;
  },
  (body) => {
    const { d } = body as Renamed;
    return { ...body, v: 3, d: { ...d, waitS: Number(d['waitS']) * 60 } } as Renamed;
  },
]);

const read = (v: number, d: object): unknown => schema.read(JSON.stringify({ v, t: 'Waited', d }));

describe('Schema', () => {
  it('writes the version after the last upcast', () => {
    expect(schema.version).toBe(3);
    expect(new Schema().version).toBe(1);
  });

  it.each([
    [1, { label: 'x', waitS: 2 }],
    [2, { name: 'x', waitS: 2 }],
    [3, { name: 'x', waitS: 120 }],
  ])('reads version %i as the newest', (v, d) => {
    expect(read(v, d)).toEqual({ v: 3, t: 'Waited', d: { name: 'x', waitS: 120 } });
  });

  it('reads nothing that a newer process wrote', () => {
    expect(() => read(4, {})).toThrow(SchemaTooNewError);
    expect(() => read(4, {})).toThrow('stored event: expected version 3 at most, got 4');
  });
});
