import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { parse } from 'yaml';

const FOLDER = join(import.meta.dirname, '../../apps/gateway/src/api-docs');

interface Documented {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation | undefined>>>>;
}
interface Operation {
  readonly responses: Readonly<Record<string, { readonly content?: Content; readonly $ref?: string } | undefined>>;
}
type Content = Readonly<Record<string, { readonly schema: object } | undefined>>;

const read = (file: string): object => parse(readFileSync(join(FOLDER, file), 'utf8')) as object;

/** The documents of the Agent API as judges: what is answered and pushed must be what they say. */
export class ApiContract {
  readonly openapi = read('openapi.yaml') as Documented;
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true });
  private readonly validators = new Map<string, ValidateFunction>();

  constructor() {
    this.ajv.addSchema(this.openapi, 'openapi');
    this.ajv.addSchema(read('asyncapi.yaml'), 'asyncapi');
  }

  /** @param path - with its ids and without its query @throws Error saying what differs */
  checkAnswer(method: string, path: string, status: number, body: unknown): void {
    const template = this.templateOf(path);
    const operation = this.openapi.paths[template]?.[method.toLowerCase()];
    if (operation === undefined) throw new Error(`${method} ${path} is not in openapi.yaml`);
    const response = operation.responses[String(status)];
    if (response === undefined) {
      throw new Error(`${method} ${template} answered ${status}, which openapi.yaml does not name`);
    }
    const at = response.$ref ?? `#/paths/${encode(template)}/${method.toLowerCase()}/responses/${status}`;
    const hasBody = response.$ref === undefined ? response.content !== undefined : !at.endsWith('Unavailable');
    if (!hasBody) return;
    this.check(`openapi${at}/content/${encode('application/json')}/schema`, `${method} ${template} ${status}`, body);
  }

  /** The data of a message on `/_genesys`. */
  checkPushed(data: { readonly tag: string }): void {
    const name = data.tag.startsWith('agent.chat.') ? 'ChatEvents' : 'AgentEvents';
    this.check(`asyncapi#/components/schemas/${name}`, data.tag, data);
  }

  private templateOf(path: string): string {
    return path.replace(/^(\/agent\/v1\/chats\/|\/genesys\/1\/service\/)[^/]+/, '$1{id}');
  }

  private check(ref: string, what: string, value: unknown): void {
    let validate = this.validators.get(ref);
    if (validate === undefined) {
      validate = this.ajv.compile({ $ref: ref });
      this.validators.set(ref, validate);
    }
    if (validate(value)) return;
    throw new Error(`${what} is not as documented: ${this.ajv.errorsText(validate.errors)}\n${JSON.stringify(value)}`);
  }
}

/** A part of a JSON pointer in a fragment. */
const encode = (part: string): string => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));
