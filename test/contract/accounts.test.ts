import { describeDatabases } from '../support/databases.ts';
import { accountsContract } from './accounts.contract.ts';
import { identitiesContract } from './identities.contract.ts';

describeDatabases('accounts', accountsContract);
describeDatabases('identities', identitiesContract);
