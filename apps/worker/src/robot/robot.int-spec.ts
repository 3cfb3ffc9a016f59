import { FeedServer, SERVICE_CHANGED } from '@app/broker';
import { ANYBODY } from '@app/domain';
import { ServiceLab } from '../../../../test/support/service-lab.js';
import { waitFor } from '../../../../test/support/http.js';
import { Robot } from './robot.js';

const AGENT = { agentId: 'robot', nickname: 'Robot' };

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** What may pass between an event and the robot's answer, in milliseconds. */
const ANSWER_MS = 1_000;

describe('Robot', () => {
  let lab: ServiceLab;
  const servers: FeedServer[] = [];

  beforeEach(() => {
    lab = new ServiceLab(process.env['TEST_REDIS_URL'], { nowMs: () => Date.now() });
  });

  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
    lab.close();
  });

  const newRobot = (): Robot => new Robot(lab.newRepository(), AGENT, lab.clock, 100);

  /** A worker of its own, which knows nothing yet. */
  const startWorker = async (robot = newRobot()): Promise<FeedServer> => {
    const server = new FeedServer({
      commands: lab.connect('commands'),
      subscriber: lab.connect('subscriber'),
      keys: lab.keys,
      logger: silent,
      sweepMs: 200,
      claimIdleMs: 600,
    });
    servers.push(server);
    server.addHandler(SERVICE_CHANGED, (changed: Parameters<Robot['follow']>[0]) => robot.follow(changed), true);
    await new Promise<void>((resolve, reject) => {
      server.listen((error) => {
        if (error === undefined) resolve();
        else reject(error);
      });
    });
    return server;
  };

  /** A chat that the routing gave to the robot. */
  const startChat = async (): Promise<string> => {
    const serviceId = await lab.startChat({}, undefined, ANYBODY);
    await lab.execute(serviceId, { type: 'Reserve', agent: AGENT, token: 't' });
    return serviceId;
  };

  const lines = async (serviceId: string): Promise<readonly string[]> =>
    (await lab.transcript(serviceId)).map(([type, nickname, text]) => `${type} ${nickname}: ${text}`);

  const linesWithin = async (serviceId: string, count: number): Promise<readonly string[]> => {
    await waitFor(`${count} lines`, async () => (await lines(serviceId)).length >= count, ANSWER_MS);
    return lines(serviceId);
  };

  it('joins, echoes, pushes a URL and leaves on bye, each within a second', async () => {
    await startWorker();
    const serviceId = await startChat();
    expect(await linesWithin(serviceId, 1)).toEqual(['Notice.Joined Robot: has joined the session']);
    await lab.say(serviceId, 'hello');
    expect((await linesWithin(serviceId, 5)).slice(1)).toEqual([
      'Message.Text Ann: hello',
      'Notice.TypingStarted Robot: is typing',
      'Notice.TypingStopped Robot: stopped typing',
      'Message.Text Robot: echo: hello',
    ]);
    await lab.say(serviceId, 'push me a url');
    expect((await linesWithin(serviceId, 10)).at(-1)).toMatch(/^Notice\.PushUrl Robot: https:/);
    await lab.say(serviceId, 'bye');
    expect((await linesWithin(serviceId, 15)).slice(-2)).toEqual([
      'Message.Text Robot: echo: bye',
      'Notice.Left Robot: has left the session',
    ]);
    expect(await lab.endOf(serviceId)).toBe('agent');
  });

  it('answers all that was written while nobody was there', async () => {
    const serviceId = await startChat();
    for (const text of ['one', 'two', 'three']) await lab.say(serviceId, text);
    await startWorker();
    await waitFor('all are answered', async () => (await lines(serviceId)).length === 13);
    expect((await lines(serviceId)).filter((line) => line.includes('echo'))).toEqual([
      'Message.Text Robot: echo: one',
      'Message.Text Robot: echo: two',
      'Message.Text Robot: echo: three',
    ]);
  });

  it('does not answer again after its worker was killed at any step', async () => {
    const serviceId = await startChat();
    const texts = Array.from({ length: 12 }, (_, index) => `message ${index}`);
    for (const text of texts) {
      await lab.say(serviceId, text);
      // A robot that dies after its first, second… append: all that it knew is gone, what it wrote stays.
      const repository = lab.newRepository();
      let lives = 1 + (texts.indexOf(text) % 2);
      const dying = new Robot(
        {
          events: (...args) => repository.events(...args),
          execute: async (...args) => {
            const outcome = await repository.execute(...args);
            lives -= 1;
            if (lives === 0) throw new Error('killed');
            return outcome;
          },
        },
        AGENT,
        lab.clock,
        100,
      );
      const { to } = (await lab.repository.view(serviceId))!;
      await expect(dying.follow({ serviceId, position: to, n: 0 })).rejects.toThrow('killed');
    }
    await startWorker();
    await waitFor('the last is answered', async () => (await lines(serviceId)).at(-1)?.endsWith('message 11'));
    const echoes = (await lines(serviceId)).filter((line) => line.includes('echo'));
    expect(echoes).toEqual(texts.map((text) => `Message.Text Robot: echo: ${text}`));
  });

  it('answers once, though two workers look at the same time', async () => {
    const serviceId = await startChat();
    const robots = [newRobot(), newRobot(), newRobot()];
    for (let round = 0; round < 10; round += 1) {
      await lab.say(serviceId, `round ${round}`);
      const { to } = (await lab.repository.view(serviceId))!;
      await Promise.all(robots.map((robot) => robot.follow({ serviceId, position: to, n: 0 })));
    }
    const echoes = (await lines(serviceId)).filter((line) => line.includes('echo'));
    expect(echoes).toEqual(Array.from({ length: 10 }, (_, round) => `Message.Text Robot: echo: round ${round}`));
    expect((await lines(serviceId)).filter((line) => line.includes('joined'))).toHaveLength(1);
  });

  it('stays away when another agent is there, and has nothing to do when the chat is over', async () => {
    const serviceId = await lab.startChat();
    await lab.execute(serviceId, { type: 'Join', by: { agentId: 'human', nickname: 'Eve' } });
    const robot = newRobot();
    await robot.follow({ serviceId, position: 2, n: 0 });
    expect(await lines(serviceId)).toEqual(['Notice.Joined Eve: has joined the session']);
    const ended = await startChat();
    await lab.execute(ended, { type: 'Disconnect' });
    await robot.follow({ serviceId: ended, position: 1, n: 3 });
    expect(await lines(ended)).toEqual([]);
  });
});
