import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { PageFolder } from '../pages/page-folder.js';

const UI_FILES = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="UTF-8" />
    <meta name="viewport" content="width=device-width" />
    <title>Parley Agent API</title>
    <link rel="stylesheet" href="/docs/swagger-ui.css" />
    <link rel="icon" type="image/png" href="/docs/favicon-32x32.png" />
  </head>
  <body>
    <div id="api"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`;
const START = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#api', deepLinking: true, persistAuthorization: true });\n`;

const document = (file: string): unknown => parse(readFileSync(join(import.meta.dirname, file), 'utf8'));

/** The contract of the Agent API: calls (OpenAPI), events (AsyncAPI), and a page to browse the former. */
export class ApiDocs {
  readonly openapi = document('openapi.yaml');
  readonly asyncapi = document('asyncapi.yaml');
  readonly page: PageFolder;

  constructor() {
    const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
    this.page = new PageFolder(folder, UI_FILES);
    this.page.set('index.html', PAGE);
    this.page.set('start.js', START);
  }
}
