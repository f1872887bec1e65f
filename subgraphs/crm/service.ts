import type { Service } from '../../errors/coded-error.ts';

export const CRM: Service = { name: 'crm', title: 'CRM' };
