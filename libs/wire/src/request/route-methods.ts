const SERVICE = '/genesys/1/service/';
const DIALOGS = '/genesys/1/dialogs/';

/** Methods of a service's own path: a service name and a service id share it. */
const SERVICE_METHODS: readonly string[] = ['POST', 'GET', 'DELETE'];
const STORAGE_METHODS: readonly string[] = ['GET', 'POST', 'DELETE'];
const POST_ONLY: readonly string[] = ['POST'];
const GET_ONLY: readonly string[] = ['GET'];
const NONE: readonly string[] = [];

/** Methods of the paths below a service. */
const BELOW_SERVICE: ReadonlyMap<string, readonly string[]> = new Map([
  ['ixn/chat', POST_ONLY],
  ['ixn/chat/refresh', ['POST', 'GET']],
  ['ixn/chat/send', POST_ONLY],
  ['ixn/chat/startTyping', POST_ONLY],
  ['ixn/chat/stopTyping', POST_ONLY],
  ['ixn/chat/disconnect', POST_ONLY],
  ['storage', STORAGE_METHODS],
  ['status', ['POST', 'GET']],
  ['check-queue-position', POST_ONLY],
]);

/**
 * The methods that a path of the v1 surface takes, for `Allow`; none when there is no such path. OPTIONS, which every
 * path takes, is not among them.
 * @param path - decoded, without doubled or trailing slashes, from `/genesys` on
 * @see wire contract, "Endpoints"
 */
export const allowedMethods = (path: string): readonly string[] => {
  if (path.startsWith(DIALOGS)) return isOneName(path.slice(DIALOGS.length)) ? GET_ONLY : NONE;
  if (!path.startsWith(SERVICE)) return NONE;
  const [service = '', ...below] = path.slice(SERVICE.length).split('/');
  if (service === '') return NONE;
  if (below.length === 0) return SERVICE_METHODS;
  if (below.length === 2 && below[1] !== '') {
    if (below[0] === 'storage') return STORAGE_METHODS;
    if (below[0] === 'dialogs') return GET_ONLY;
  }
  return BELOW_SERVICE.get(below.join('/')) ?? NONE;
};

const isOneName = (text: string): boolean => text !== '' && !text.includes('/');
