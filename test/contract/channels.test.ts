import { describeDatabases } from '../support/databases.ts';
import { channelsContract } from './channels.contract.ts';

describeDatabases('channels', channelsContract);
