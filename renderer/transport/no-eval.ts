import { z } from 'zod';

/** Imported before any schema is made: zod otherwise tries whether code can be evaluated, which the content security policy forbids. */
z.config({ jitless: true });
