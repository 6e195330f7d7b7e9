import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { JwtRefreshError } from 'nestjs-jwt-refresh';
import { randomUUID } from 'node:crypto';
import { Repository } from 'typeorm';
import { DEMO_ACCOUNTS } from './demo-accounts';
import { hashPassword, passwordMatches } from './password';
import { User } from './user.entity';

@Injectable()
export class UsersService implements OnApplicationBootstrap {
  /** Compared against when there is no such user, so that both answers take equally long. */
  private readonly nobody = hashPassword(randomUUID());

  constructor(@InjectRepository(User) private readonly users: Repository<User>) {}

  /** Nodes that start at once may all find that there are no accounts yet. */
  async onApplicationBootstrap(): Promise<void> {
    for (const { username, password, role } of DEMO_ACCOUNTS) {
      if (await this.users.existsBy({ username })) continue;
      const account = { id: username, username, role, passwordHash: await hashPassword(password) };
      await this.users.createQueryBuilder().insert().values(account).orIgnore().execute();
    }
  }

  /** @throws JwtRefreshError `temporarily_unavailable` when the database does not answer */
  async findByPassword(username: string, password: string): Promise<User | null> {
    const user = await this.users.findOneBy({ username }).catch((error: unknown) => {
      throw new JwtRefreshError('temporarily_unavailable', {}, { cause: error });
    });
    const matches = await passwordMatches(password, user?.passwordHash ?? (await this.nobody));
    return matches ? user : null;
  }
}
