using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Data.Audit;
using IoTCentral.Data.Common;

namespace IoTCentral.Data.Identity;

/// <summary>One-time administrator links.</summary>
internal sealed class OneTimeLinkStore(TenantDb db) : IOneTimeLinkStore
{
    public Task AddAsync(
        byte[] hash,
        (DateTimeOffset Created, DateTimeOffset Expires) times,
        AuditActor actor,
        CancellationToken ct
    ) =>
        db.PlatformTransactionAsync(
            async t =>
            {
                await t.ExecuteAsync(
                    """
                    with old as (delete from one_time_link where expires_at < @Created)
                    insert into one_time_link (hash, purpose, created_at, expires_at)
                    values (@hash, 'administrator', @Created, @Expires)
                    """,
                    new
                    {
                        hash,
                        times.Created,
                        times.Expires,
                    }
                );
                await t.AuditInstallationAsync(
                    new()
                    {
                        Actor = actor,
                        Action = "setup-link.create",
                        TargetId = "setup-link",
                    }
                );
                return true;
            },
            ct
        );

    public Task<bool> IsOpenAsync(byte[] hash, DateTimeOffset now, CancellationToken ct) =>
        db.FindPlatformAsync<bool>(
            """
            select exists (
              select
              from one_time_link
              where hash = @hash and purpose = 'administrator' and used_at is null and expires_at > @now
            )
            """,
            new { hash, now },
            ct
        );

    public Task<Guid?> RedeemAsync(
        byte[] hash,
        Account account,
        AuditActor actor,
        DateTimeOffset now,
        CancellationToken ct
    ) =>
        db.PlatformTransactionAsync(
            async t =>
            {
                // the row lock of this update makes a second use at the same moment wait and then find nothing
                var used = await t.ExecuteAsync(
                    """
                    update one_time_link
                    set used_at = @now
                    where hash = @hash and purpose = 'administrator' and used_at is null and expires_at > @now
                    """,
                    new { hash, now }
                );
                if (used == 0)
                    return (Guid?)null;
                // Others that were printed for the same purpose have done their service, too.
                await t.ExecuteAsync(
                    "delete from one_time_link where purpose = 'administrator' and used_at is null",
                    null
                );
                var id = await SaveAsync(t, account, now);
                await t.AuditInstallationAsync(
                    new()
                    {
                        Actor = actor with { Id = id.ToString() },
                        Action = "administrator.set-up",
                        TargetId = id.ToString(),
                        TargetName = account.Email,
                    }
                );
                return id;
            },
            ct
        );

    private static Task<Guid> SaveAsync(TenantTransaction t, Account account, DateTimeOffset now) =>
        t.FindAsync<Guid>(
            """
            insert into person
              (id, email, normalized_email, name, password_hash, security_stamp, concurrency_stamp, email_confirmed,
               is_installation_administrator, created_at)
            values
              (@Id, @Email, @NormalizedEmail, @Name, @PasswordHash, @SecurityStamp, @ConcurrencyStamp, false, true, @now)
            on conflict (normalized_email) do update
            set name = excluded.name, password_hash = excluded.password_hash, security_stamp = excluded.security_stamp,
              concurrency_stamp = excluded.concurrency_stamp, is_installation_administrator = true,
              lockout_end = null, access_failed_count = 0
            returning id
            """,
            new
            {
                account.Id,
                account.Email,
                account.NormalizedEmail,
                account.Name,
                account.PasswordHash,
                account.SecurityStamp,
                account.ConcurrencyStamp,
                now,
            }
        );
}
