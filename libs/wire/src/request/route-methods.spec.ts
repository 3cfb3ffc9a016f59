import { allowedMethods } from './index.js';

describe('the methods of a path', () => {
  it.each([
    ['/genesys/1/service/request-chat', 'POST GET DELETE'],
    ['/genesys/1/service/a7e6ed0b-0380-4223-97f8-b3c7d93205e8', 'POST GET DELETE'],
    ['/genesys/1/service/x/ixn/chat', 'POST'],
    ['/genesys/1/service/x/ixn/chat/refresh', 'POST GET'],
    ['/genesys/1/service/x/ixn/chat/send', 'POST'],
    ['/genesys/1/service/x/ixn/chat/startTyping', 'POST'],
    ['/genesys/1/service/x/ixn/chat/stopTyping', 'POST'],
    ['/genesys/1/service/x/ixn/chat/disconnect', 'POST'],
    ['/genesys/1/service/x/storage', 'GET POST DELETE'],
    ['/genesys/1/service/x/storage/key', 'GET POST DELETE'],
    ['/genesys/1/service/x/storage/constructor', 'GET POST DELETE'],
    ['/genesys/1/service/x/status', 'POST GET'],
    ['/genesys/1/service/x/check-queue-position', 'POST'],
    ['/genesys/1/service/x/dialogs/closed.html', 'GET'],
    ['/genesys/1/dialogs/closed.html', 'GET'],
  ])('%s are %s', (path, methods) => {
    expect(allowedMethods(path).join(' ')).toBe(methods);
  });

  it.each([
    '/',
    '/genesys',
    '/genesys/1/service',
    '/genesys/1/service/',
    '/genesys/1/service/x/',
    '/genesys/1/service/x/ixn',
    '/genesys/1/service/x/ixn/chat/constructor',
    '/genesys/1/service/x/ixn/chat/sendx',
    '/genesys/1/service/x/storage/a/b',
    '/genesys/1/service/x/storage/',
    '/genesys/1/service/x/__proto__',
    '/genesys/1/service/x/dialogs',
    '/genesys/1/service/x/dialogs/a/b',
    '/genesys/1/dialogs',
    '/genesys/1/dialogs/',
    '/genesys/1/dialogs/a/b',
    '/genesys/2/service/x',
  ])('%s are none', (path) => {
    expect(allowedMethods(path)).toEqual([]);
  });
});
