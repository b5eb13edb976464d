using IoTCentral.Core.Access;
using IoTCentral.Data.Audit;
using IoTCentral.Data.Common;
using Microsoft.AspNetCore.Identity;
using Npgsql;

namespace IoTCentral.Data.Identity;

/// <summary>ASP.NET Core Identity on table <c>person</c>. The e-mail address is the user name.</summary>
internal sealed partial class UserStore(TenantDb db)
    : IUserPasswordStore<Account>,
        IUserEmailStore<Account>,
        IUserLockoutStore<Account>,
        IUserSecurityStampStore<Account>
{
    private const string Columns = """
        id, email, normalized_email, name, password_hash, security_stamp, concurrency_stamp, email_confirmed,
        lockout_end, lockout_enabled, access_failed_count, is_installation_administrator, time_zone, theme, created_at
        """;

    private readonly IdentityErrorDescriber _errors = new();

    public async Task<IdentityResult> CreateAsync(Account user, CancellationToken cancellationToken)
    {
        try
        {
            user.ConcurrencyStamp = NewStamp();
            await db.PlatformTransactionAsync(t => InsertAsync(t, user), cancellationToken);
            return IdentityResult.Success;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return IdentityResult.Failed(_errors.DuplicateEmail(user.Email));
        }
    }

    public async Task<IdentityResult> UpdateAsync(Account user, CancellationToken cancellationToken)
    {
        var stamp = NewStamp();
        try
        {
            if (!await db.PlatformTransactionAsync(t => UpdateAsync(t, user, stamp), cancellationToken))
                return IdentityResult.Failed(_errors.ConcurrencyFailure());
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return IdentityResult.Failed(_errors.DuplicateEmail(user.Email));
        }

        user.ConcurrencyStamp = stamp;
        user.Change = null;
        return IdentityResult.Success;
    }

    /// <summary>People are kept: audit rows, memberships and sessions name them. An account is shut by removing its rights.</summary>
    public Task<IdentityResult> DeleteAsync(Account user, CancellationToken cancellationToken) =>
        throw new NotSupportedException("People are not deleted; remove their memberships instead.");

    public Task<Account?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        Guid.TryParse(userId, out var id)
            ? db.FindPlatformAsync<Account>(
                $"""
                select {Columns}
                from person
                where id = @id
                """,
                new { id },
                cancellationToken
            )
            : Task.FromResult<Account?>(null);

    public Task<Account?> FindByEmailAsync(string normalizedEmail, CancellationToken cancellationToken) =>
        db.FindPlatformAsync<Account>(
            $"""
            select {Columns}
            from person
            where normalized_email = @normalizedEmail
            """,
            new { normalizedEmail },
            cancellationToken
        );

    public Task<Account?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) =>
        FindByEmailAsync(normalizedUserName, cancellationToken);

    /// <summary>Counts in the database, so that wrong passwords at the same moment all count.</summary>
    public async Task<int> IncrementAccessFailedCountAsync(Account user, CancellationToken cancellationToken) =>
        user.AccessFailedCount = await db.FindPlatformAsync<int>(
            """
            update person
            set access_failed_count = access_failed_count + 1
            where id = @Id
            returning access_failed_count
            """,
            new { user.Id },
            cancellationToken
        );

    public void Dispose() { }

    private static async Task<bool> InsertAsync(TenantTransaction t, Account user)
    {
        await t.ExecuteAsync(
            """
            insert into person
              (id, email, normalized_email, name, password_hash, security_stamp, concurrency_stamp, email_confirmed,
               lockout_enabled, is_installation_administrator, time_zone, theme, created_at)
            values
              (@Id, @Email, @NormalizedEmail, @Name, @PasswordHash, @SecurityStamp, @ConcurrencyStamp, @EmailConfirmed,
               @LockoutEnabled, @IsInstallationAdministrator, @TimeZone, @Theme, @CreatedAt)
            """,
            user
        );
        await AuditAsync(t, user);
        return true;
    }

    private static async Task<bool> UpdateAsync(TenantTransaction t, Account user, string stamp)
    {
        var updated = await t.ExecuteAsync(
            """
            update person
            set email = @Email, normalized_email = @NormalizedEmail, name = @Name, password_hash = @PasswordHash,
              security_stamp = @SecurityStamp, concurrency_stamp = @stamp, email_confirmed = @EmailConfirmed,
              lockout_end = @LockoutEnd, lockout_enabled = @LockoutEnabled, access_failed_count = @AccessFailedCount,
              time_zone = @TimeZone, theme = @Theme
            where id = @Id and concurrency_stamp = @ConcurrencyStamp
            """,
            new
            {
                user.Id,
                user.Email,
                user.NormalizedEmail,
                user.Name,
                user.PasswordHash,
                user.SecurityStamp,
                user.ConcurrencyStamp,
                stamp,
                user.EmailConfirmed,
                user.LockoutEnd,
                user.LockoutEnabled,
                user.AccessFailedCount,
                user.TimeZone,
                user.Theme,
            }
        );
        if (updated > 0)
            await AuditAsync(t, user);
        return updated > 0;
    }

    private static async Task AuditAsync(TenantTransaction t, Account user)
    {
        if (user.Change is { } change)
            await t.AuditInstallationAsync(change);
    }

    private static string NewStamp() => Guid.CreateVersion7().ToString("N");
}
