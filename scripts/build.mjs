#!/usr/bin/env node
import { prepare } from './lib/prepare.mjs';

await prepare();
