import type { LogicCatalog } from '@app/logic';
import { StoreUnavailableError } from '@app/redis';
import { LogicFolder } from './logic-folder.js';

const catalog = { current: () => ({ hash: '0123456789abcdef' }) } as unknown as LogicCatalog;
const services = { all: () => [] };

describe('LogicFolder', () => {
  it('asks whoever comes before the store has been reached to come again', async () => {
    const folder = new LogicFolder(services, () => Promise.resolve(catalog));
    expect(() => folder.current('vip-chat')).toThrow(StoreUnavailableError);
    await folder.open();
    expect(folder.current('vip-chat')).toEqual({ hash: '0123456789abcdef' });
  });

  it('tries again now and then while the store takes no writes', async () => {
    let tries = 0;
    const folder = new LogicFolder(services, () => {
      tries += 1;
      return tries < 3 ? Promise.reject(new StoreUnavailableError('OOM')) : Promise.resolve(catalog);
    });
    const begunMs = performance.now();
    await folder.open();
    expect(tries).toBe(3);
    // Twice a pause, or it would keep a processor and Redis busy.
    expect(performance.now() - begunMs).toBeGreaterThan(400);
  });

  it('does not try again what is no matter of the store', async () => {
    const folder = new LogicFolder(services, () => Promise.reject(new TypeError('broken')));
    await expect(folder.open()).rejects.toThrow(TypeError);
  });
});
