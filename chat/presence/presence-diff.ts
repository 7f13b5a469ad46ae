import { ROLES } from '../../platform/protocol/chat/roles.ts';
import type { PersonHere } from '../../platform/protocol/chat/server-messages.ts';
import { PEOPLE_SHOWN, type PresenceChange, type PresenceSnapshot } from './presence.ts';

/** Moderators first, then by name. */
export function shownPeople(people: Iterable<PersonHere>): PersonHere[] {
  return [...people]
    .sort((a, b) => rankOf(a) - rankOf(b) || (a.name < b.name ? -1 : 1))
    .slice(0, PEOPLE_SHOWN);
}

const rankOf = ({ roles }: PersonHere): number =>
  Math.min(...roles.map((role) => ROLES.indexOf(role)), ROLES.length);

/** What listeners were told last, so that somebody who left and came back in between is no news. */
export class PresenceDiff {
  #told: Map<string, PersonHere>;
  #count: number;

  constructor(snapshot: PresenceSnapshot, people: Iterable<PersonHere>) {
    this.#told = new Map(Array.from(people, (person) => [person.id, person]));
    this.#count = snapshot.count;
  }

  /**
   * Null: nothing to tell.
   *
   * @param changed ids of whom something may have changed
   * @param find who of them is here
   */
  next(
    changed: Iterable<string>,
    now: { count: number; find(userId: string): PersonHere | null },
  ): PresenceChange | null {
    const joined: PersonHere[] = [];
    const left: string[] = [];
    for (const userId of changed) {
      const before = this.#told.get(userId);
      const person = now.find(userId);
      if (person === null) {
        if (this.#told.delete(userId)) left.push(userId);
      } else if (before === undefined || !isAlike(before, person)) {
        this.#told.set(userId, person);
        joined.push(person);
      }
    }
    const isSame = joined.length === 0 && left.length === 0 && now.count === this.#count;
    this.#count = now.count;
    return isSame ? null : { count: now.count, joined, left };
  }
}

const isAlike = (a: PersonHere, b: PersonHere): boolean =>
  a.name === b.name && a.roles.join() === b.roles.join();
