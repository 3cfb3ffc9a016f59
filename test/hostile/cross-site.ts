import { FORM } from './attack.js';

/** A request that a page of a stranger makes the browser of a customer send. */
export interface ForeignRequest {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What browsers say of pages that have no business here. */
export const FOREIGN: readonly ForeignRequest[] = [
  { name: 'a page elsewhere', headers: { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' } },
  { name: 'a page elsewhere, of an old browser', headers: { Origin: 'https://evil.example' } },
  { name: 'a page whose name begins well', headers: { Origin: 'http://localhost.evil.example' } },
  { name: 'a page whose name ends well', headers: { Origin: 'http://evil-localhost:3000' } },
  { name: 'a page with a port that is none', headers: { Origin: 'http://localhost:3000.evil.example' } },
  { name: 'a page of another scheme', headers: { Origin: 'https://localhost:3000' } },
  { name: 'a form of no origin', headers: { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' } },
  { name: 'a frame in a box, with a cookie', headers: { Origin: 'null', Cookie: 'session=1' } },
  { name: 'a neighbouring site', headers: { Origin: 'https://shop.evil.example', 'Sec-Fetch-Site': 'same-site' } },
];

/** What comes from who may: applications say nothing of all this. */
export const WELCOME: readonly ForeignRequest[] = [
  { name: 'an application', headers: {} },
  { name: 'a page of our own', headers: { Origin: 'http://localhost:3000', 'Sec-Fetch-Site': 'cross-site' } },
  { name: 'a page on this machine', headers: { Origin: 'http://127.0.0.1:8080', 'Sec-Fetch-Site': 'same-site' } },
  { name: 'a page that came from here', headers: { Origin: 'http://parley', 'Sec-Fetch-Site': 'same-origin' } },
  { name: 'an address typed by somebody', headers: { 'Sec-Fetch-Site': 'none' } },
];

/** Bodies that a form of any page can send without asking first. */
export const SIMPLE_TYPES = [FORM, 'multipart/form-data; boundary=x', 'text/plain'];
