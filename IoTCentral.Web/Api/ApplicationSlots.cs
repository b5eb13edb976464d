using System.Threading.RateLimiting;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Web.Api;

/// <summary>How many of something that lasts each application has at a time.</summary>
internal abstract class ApplicationSlots(int most) : IDisposable
{
    private readonly PartitionedRateLimiter<TenantId> _slots = PartitionedRateLimiter.Create<TenantId, TenantId>(
        tenant =>
            RateLimitPartition.GetConcurrencyLimiter(
                tenant,
                _ => new ConcurrencyLimiterOptions { PermitLimit = most, QueueLimit = 0 }
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
