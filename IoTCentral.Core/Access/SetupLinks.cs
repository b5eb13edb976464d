using System.Buffers.Text;
using System.Security.Cryptography;
using IoTCentral.Core.Audit;

namespace IoTCentral.Core.Access;

/// <summary>
/// One-time links that make somebody an administrator of the installation: the first one, or one who lost the password.
/// Whoever can run the program on its machine may have one.
/// </summary>
public sealed class SetupLinks(IOneTimeLinkStore links, IAccessStore access, TimeProvider time)
{
    public static TimeSpan Life { get; } = TimeSpan.FromHours(24);

    /// <summary>Secret of a new link; it is not kept and cannot be shown again.</summary>
    public async Task<string> CreateAsync(AuditActor actor, CancellationToken ct)
    {
        var secret = RandomNumberGenerator.GetBytes(32);
        var now = time.GetUtcNow();
        await links.AddAsync(SHA256.HashData(secret), (now, now + Life), actor, ct);
        return Base64Url.EncodeToString(secret);
    }

    /// <summary>True while nobody runs the installation: the first start prints a link then.</summary>
    public async Task<bool> IsNeededAsync(CancellationToken ct) =>
        (await access.InstallationAdministratorsAsync(ct)).Count == 0;

    public async Task<bool> IsOpenAsync(string secret, CancellationToken ct) =>
        Hash(secret) is { } hash && await links.IsOpenAsync(hash, time.GetUtcNow(), ct);

    /// <summary>
    /// Uses the link up, and all others that are open: the account becomes an installation administrator, and Administrator of the applications that
    /// nobody is a member of. An existing account of the same e-mail address gets the new password.
    /// </summary>
    /// <param name="account">With its password already hashed and a new security stamp.</param>
    /// <returns>Id of the account; null when the link is unknown, used or too old.</returns>
    public async Task<Guid?> RedeemAsync(string secret, Account account, string? address, CancellationToken ct)
    {
        if (Hash(secret) is not { } hash)
            return null;
        var actor = new AuditActor("person", account.Id.ToString(), account.Email, address);
        if (await links.RedeemAsync(hash, account, actor, time.GetUtcNow(), ct) is not { } id)
            return null;
        foreach (var tenant in await access.UnownedAsync(ct))
        {
            var membership = new Membership
            {
                TenantId = tenant,
                PersonId = id,
                RoleId = Role.Administrator.Id,
            };
            var audit = new AuditEntry
            {
                Actor = AuditActor.System,
                Action = "membership.create",
                TargetId = id.ToString(),
                TargetName = account.Email,
                After = """{"role":"Administrator"}""",
            };
            await access.PutMembershipAsync(membership, audit, ct);
        }

        return id;
    }

    private static byte[]? Hash(string secret) =>
        secret.Length <= 64 && Base64Url.IsValid(secret) ? SHA256.HashData(Base64Url.DecodeFromChars(secret)) : null;
}
