import type { Service } from '../../errors/coded-error.ts';

export const PAYMENTS: Service = { name: 'payments', title: 'payment processor' };
