import { FixedClock, ServiceLab } from '../../../test/support/service-lab.js';
import { AuditLog, auditedUser } from './audit-log.js';

describe('AuditLog', () => {
  const lab = new ServiceLab(process.env['TEST_REDIS_URL'], new FixedClock());
  const log = new AuditLog(lab.redis, lab.keys, 3_000);

  afterAll(() => {
    lab.close();
  });

  it('tells what was done, newest first', async () => {
    const before = Date.now();
    await log.write({ act: 'user.export', by: 'root@host', subject: auditedUser('ann'), outcome: '2 services' });
    await log.write({ act: 'user.erase', by: 'root@host', subject: auditedUser('ann'), outcome: 'done' });
    const entries = await log.list(10);
    expect(entries.map(({ act, outcome }) => [act, outcome])).toEqual([
      ['user.erase', 'done'],
      ['user.export', '2 services'],
    ]);
    expect(entries[0]?.atMs).toBeGreaterThanOrEqual(before - 1_000);
    expect(await log.list(1)).toHaveLength(1);
  });

  it('names no user, and the same one alike', () => {
    expect(auditedUser('ann')).toMatch(/^user:[0-9a-f]{16}$/);
    expect(auditedUser('ann')).toBe(auditedUser('ann'));
    expect(auditedUser('ann')).not.toBe(auditedUser('bob'));
  });
});
