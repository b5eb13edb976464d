using System.Threading.RateLimiting;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Web.Features.Downloads;

/// <summary>
/// How many downloads an application has at a time: each holds a connection to the database while its reader takes it, and
/// a reader may be slow.
/// </summary>
internal sealed class DownloadSlots : IDisposable
{
    public const int MostOfApplication = 4;

    private readonly PartitionedRateLimiter<TenantId> _slots = PartitionedRateLimiter.Create<TenantId, TenantId>(
        tenant =>
            RateLimitPartition.GetConcurrencyLimiter(
                tenant,
                _ => new ConcurrencyLimiterOptions { PermitLimit = MostOfApplication, QueueLimit = 0 }
            )
    );

    /// <summary>Dispose ends it; null: there are as many already.</summary>
    public IDisposable? Take(TenantId tenant)
    {
        var lease = _slots.AttemptAcquire(tenant);
        if (lease.IsAcquired)
            return lease;
        lease.Dispose();
        return null;
    }

    public void Dispose() => _slots.Dispose();
}
