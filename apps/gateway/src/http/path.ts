/** The path of a request target: no query, no doubled slashes, no trailing slash. */
export const pathOf = (url: string): string => {
  const query = url.indexOf('?');
  const path = (query < 0 ? url : url.slice(0, query)).replace(/\/{2,}/g, '/');
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
};
