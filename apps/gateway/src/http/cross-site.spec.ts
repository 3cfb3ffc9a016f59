import { Cors } from './cors.js';
import { CrossSite } from './cross-site.js';

const crossSite = new CrossSite(new Cors(['https://app.example.com', 'http://localhost:*']));
const HOST = { host: 'chat.example.com' };

describe('CrossSite', () => {
  it.each([
    ['an application', 'POST', {}],
    ['an allowed page', 'POST', { origin: 'https://app.example.com', 'sec-fetch-site': 'cross-site' }],
    ['a page of any local port', 'POST', { origin: 'http://localhost:3000' }],
    ['our own page', 'POST', { origin: 'https://chat.example.com' }],
    ['our own page behind a gateway', 'POST', { origin: 'https://x.org', 'x-forwarded-host': 'x.org' }],
    ['our own page, as the browser says', 'POST', { origin: 'https://x.org', 'sec-fetch-site': 'same-origin' }],
    ['somebody who types the address', 'GET', { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' }],
    ['a link on a foreign page', 'GET', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }],
    ['a preflight', 'OPTIONS', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['an application in a web view', 'POST', { origin: 'file://', 'sec-fetch-site': 'cross-site' }],
    ['another application in a web view', 'POST', { origin: 'null' }],
  ])('lets %s in', (_, method, headers) => {
    expect(crossSite.refuses(method, { ...HOST, ...headers })).toBe(false);
  });

  it.each([
    ['a form on a foreign page', 'POST', { origin: 'https://evil.example' }],
    ['a name that only begins like ours', 'POST', { origin: 'https://chat.example.com.evil.example' }],
    ['a deletion by a foreign page', 'DELETE', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['a foreign page that hides its name', 'POST', { 'sec-fetch-site': 'cross-site' }],
    ['a sandboxed page with a cookie', 'POST', { origin: 'null', cookie: 'session=1' }],
    ['an image on a foreign page', 'GET', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
  ])('refuses %s', (_, method, headers) => {
    expect(crossSite.refuses(method, { ...HOST, ...headers })).toBe(true);
  });
});
