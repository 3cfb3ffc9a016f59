import { describeBayeuxEngine } from '../../../test/contract/bayeux-engine.contract.js';
import { MemoryEngine } from './memory-engine.js';

describeBayeuxEngine('MemoryEngine', () => {
  const engine = new MemoryEngine();
  return {
    engine,
    otherGateway: engine,
    deliver: (user, text) => Promise.resolve(engine.deliver(user, '/_genesys', JSON.stringify({ data: text }))),
    textsOf: (messages) => messages.map((message) => (JSON.parse(message) as { data: string }).data),
    connects: (clientId) => Promise.resolve(engine.connectsOf(clientId)),
    expire: (clientId) => {
      engine.expire(clientId);
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
});
