using System.Threading.RateLimiting;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Web.Features.LiveTelemetry;

/// <summary>How many streams an application has at a time: each may hold <see cref="FrameMaker.MostSamples"/>.</summary>
internal sealed class LiveStreams : IDisposable
{
    public const int MostOfApplication = 100;

    private readonly PartitionedRateLimiter<TenantId> _streams = PartitionedRateLimiter.Create<TenantId, TenantId>(
        tenant =>
            RateLimitPartition.GetConcurrencyLimiter(
                tenant,
                _ => new ConcurrencyLimiterOptions { PermitLimit = MostOfApplication, QueueLimit = 0 }
            )
    );

    /// <summary>Dispose ends it; null: there are as many already.</summary>
    public IDisposable? Take(TenantId tenant)
    {
        var lease = _streams.AttemptAcquire(tenant);
        if (lease.IsAcquired)
            return lease;
        lease.Dispose();
        return null;
    }

    public void Dispose() => _streams.Dispose();
}
