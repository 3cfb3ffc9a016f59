import { memory, type Theme } from './api/memory.js';

/** Shows the page in the theme chosen; without a choice as the system has it. */
export const applyTheme = (): void => {
  const theme = memory.theme();
  if (theme === null) delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
};

export const currentTheme = (): Theme =>
  memory.theme() ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');

export const toggleTheme = (): Theme => {
  const theme = currentTheme() === 'dark' ? 'light' : 'dark';
  memory.setTheme(theme);
  applyTheme();
  return theme;
};
