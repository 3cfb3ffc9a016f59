/** What to type on the usual systems when no Redis was found and none could be brought. */
export const installHelp = (trouble?: string): string =>
  [
    'Parley needs Redis 7.0 or newer (or Valkey), and there is none here that it could start.',
    ...(trouble === undefined ? [] : [`Tried to bring one, but ${trouble}.`]),
    'Any one of these is enough; then start again:',
    '  Debian, Ubuntu     sudo apt-get install redis-server',
    '  Fedora, RHEL       sudo dnf install redis        (newer releases: sudo dnf install valkey)',
    '  Alpine             sudo apk add redis',
    '  Arch               sudo pacman -S valkey',
    '  macOS              brew install redis',
    '  Docker             docker run -d -p 127.0.0.1:6390:6379 redis:7',
    '                     REDIS_URL=redis://127.0.0.1:6390 npm start',
    '  a Redis elsewhere  REDIS_URL=redis://host:port npm start',
    '  a program not on PATH   REDIS_BINARY=/path/to/redis-server npm start',
  ].join('\n');
