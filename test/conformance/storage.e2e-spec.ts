import { createService, expectStatus, SERVICE } from './customer.js';
import { differences, ERROR_TEMPLATE } from './expectation.js';
import { useStack } from './running-stack.js';

/** Data that an application keeps with its service. */
const { clients } = useStack({ gateways: 2, env: { DEMO_AGENT: '0' } });
let path: string;

beforeEach(async () => {
  path = `${SERVICE}/${await createService(clients[0])}/storage`;
});

const all = async (): Promise<unknown> => expectStatus(await clients[1].get(path), 200).json();
const isDone = (status: number): boolean => status === 200 || status === 204;
const put = async (form: Record<string, string>): Promise<void> => {
  expect(isDone((await clients[0].post(path, { form })).status)).toBe(true);
};

describe('the storage of a service', () => {
  it('is empty at first', async () => {
    expect(await all()).toEqual({});
  });

  it('keeps the fields of a form, for every gateway', async () => {
    await put({ color: 'green', 'with space': 'a=b&c', empty: '' });
    expect(await all()).toMatchObject({ color: 'green', 'with space': 'a=b&c' });
    expect(expectStatus(await clients[1].get(`${path}/color`), 200).text).toBe('green');
    expect(expectStatus(await clients[1].get(`${path}/with%20space`), 200).text).toBe('a=b&c');
  });

  it('keeps the fields of a multipart body', async () => {
    const multipart = [
      { name: 'color', value: 'blue' },
      { name: 'size', value: 'größer' },
    ];
    expect(isDone((await clients[0].post(path, { multipart })).status)).toBe(true);
    expect(await all()).toEqual({ color: 'blue', size: 'größer' });
  });

  it('keeps a file byte for byte', async () => {
    const bytes = Buffer.from(Array.from({ length: 512 }, (_, index) => index % 256));
    const file = { name: 'photo', value: bytes, fileName: 'photo.png', contentType: 'image/png' };
    expect(isDone((await clients[0].post(path, { multipart: [file] })).status)).toBe(true);
    expect(expectStatus(await clients[1].get(`${path}/photo`), 200).body).toEqual(bytes);
  });

  it('replaces a value of the same key and leaves the others', async () => {
    await put({ color: 'green', size: 'L' });
    await put({ color: 'red' });
    expect(await all()).toEqual({ color: 'red', size: 'L' });
  });

  it('forgets one key, and then all', async () => {
    await put({ a: '1', b: '2', c: '3' });
    expect(isDone((await clients[1].delete(`${path}/b`)).status)).toBe(true);
    expect(await all()).toEqual({ a: '1', c: '3' });
    expectStatus(await clients[0].get(`${path}/b`), 404);
    expect(isDone((await clients[1].delete(path)).status)).toBe(true);
    expect(await all()).toEqual({});
  });

  it('explains itself where a key has no value', async () => {
    const reply = expectStatus(await clients[0].get(`${path}/none`), 404);
    expect(differences(reply.json(), ERROR_TEMPLATE)).toEqual([]);
  });

  it.each(['toString', 'constructor', '__proto__', 'hasOwnProperty'])('has nothing under %s by itself', async (key) => {
    expectStatus(await clients[0].get(`${path}/${key}`), 404);
  });

  it('keeps one service apart from another', async () => {
    await put({ secret: 'mine' });
    const other = `${SERVICE}/${await createService(clients[0])}/storage`;
    expect(expectStatus(await clients[0].get(other), 200).json()).toEqual({});
    expectStatus(await clients[0].get(`${other}/secret`), 404);
  });
});
