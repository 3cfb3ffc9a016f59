import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DialogTemplate } from './dialog-template.js';

const FOLDER = join(import.meta.dirname, '../../../../services/dialogs');
const PAGES = readdirSync(FOLDER).filter((file) => file.endsWith('.html'));
const source = (file: string): string => readFileSync(join(FOLDER, file), 'utf8');

/** Names that are filled in without being data of the service. */
const OWN = ['_id', '_status', '_dialog', '_agent', '_position', '_total_waiting', '_eta', '_eta_minutes', '_now'];

describe('the dialogs that come with the product', () => {
  it('are all that the service logics show', () => {
    expect(PAGES).toEqual(
      expect.arrayContaining([
        ...['waiting_for_agent.html', 'agent_available.html', 'post_chat.html', 'thank_you.html', 'closed.html'],
        ...['pre_chat_form.html', 'survey.html', 'error.html', 'continue.html'],
      ]),
    );
  });

  it.each(PAGES)('%s needs nothing that its policy forbids', (file) => {
    const text = source(file);
    expect(text).not.toMatch(/<script|<style|\sstyle=|\son[a-z]+=|javascript:/i);
    expect(text).toContain('<link rel="stylesheet" href="dialog.css" />');
    for (const [, action] of text.matchAll(/<form[^>]* action="([^"]*)"/g)) expect(action).toBe('../status');
  });

  it.each(PAGES)('%s is for phones, and for those who hear it', (file) => {
    const text = source(file);
    expect(text).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(text).toContain('width=device-width');
    expect(text.match(/<h1>/g)).toHaveLength(1);
    const labelled = [...text.matchAll(/<label for="([^"]+)"/g)].map(([, id]) => id);
    const ids = [...text.matchAll(/<(?:input type="text"|select|textarea)[^>]*? id="([^"]+)"/g)].map(([, id]) => id);
    expect(labelled).toEqual(ids);
  });

  it.each(PAGES)('%s fills in only what is safe where it stands', (file) => {
    const text = source(file);
    const { names } = new DialogTemplate(text, 'markup');
    for (const name of names) if (name.startsWith('_')) expect(OWN).toContain(name);
    // Without the placeholders in text and in quoted attributes none is left.
    const rest = text.replace(/="[^"]*"/g, '').replace(/>[^<>]*</g, '><');
    expect(rest).not.toContain('{{');
  });

  it.each(PAGES.filter((file) => source(file).includes('<form')))('the form of %s asks for the next dialog', (file) => {
    expect(source(file)).toContain('<input type="hidden" name="_redirect" value="dialog" />');
    expect(source(file)).toContain('method="post"');
  });
});
