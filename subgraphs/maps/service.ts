import type { Service } from '../../errors/coded-error.ts';

export const MAPS: Service = { name: 'maps', title: 'mapping service' };
