import { render } from 'preact';
import { DeskSession } from './desk-session.js';
import { applyTheme } from './theme.js';
import { App } from './views/app.js';
import { SessionProvider } from './views/desk-context.js';

applyTheme();
const session = new DeskSession();
const place = document.getElementById('desk');
if (place !== null) {
  render(
    <SessionProvider value={session}>
      <App />
    </SessionProvider>,
    place,
  );
}
void session.begin();
