using IoTCentral.Core.Audit;

namespace IoTCentral.Core.Access;

/// <summary>One-time administrator links; only the hash of their secret is kept.</summary>
public interface IOneTimeLinkStore
{
    Task AddAsync(
        byte[] hash,
        (DateTimeOffset Created, DateTimeOffset Expires) times,
        AuditActor actor,
        CancellationToken ct
    );

    /// <summary>True while the link may still be used.</summary>
    Task<bool> IsOpenAsync(byte[] hash, DateTimeOffset now, CancellationToken ct);

    /// <summary>
    /// Uses the link up, voids all others, and saves the account as installation administrator, in one transaction. An account with the
    /// same e-mail address gets the new name, password and stamp instead of being made twice; its id is returned.
    /// </summary>
    /// <returns>Id of the account; null when the link is unknown, used or too old.</returns>
    Task<Guid?> RedeemAsync(byte[] hash, Account account, AuditActor actor, DateTimeOffset now, CancellationToken ct);
}
