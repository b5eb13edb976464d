using System.Globalization;
using System.Threading.RateLimiting;
using IoTCentral.Core.Installation;
using Microsoft.AspNetCore.RateLimiting;

namespace IoTCentral.Web.Api;

/// <summary>How often the programs of one application may ask, so that one cannot keep the others from being served.</summary>
internal static class ApiLimit
{
    public const string Policy = "api";

    public static IServiceCollection AddApiLimit(this IServiceCollection services) =>
        services
            .AddSingleton<StrangerLimit>()
            .AddRateLimiter(limiter =>
            {
                limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
                limiter.OnRejected = RejectAsync;
                limiter.AddPolicy(Policy, Partition);
            });

    private static RateLimitPartition<int> Partition(HttpContext context)
    {
        var perSecond = context.RequestServices.GetRequiredService<InstallationOptions>().Limits.ApiRequestsPerSecond;
        if (perSecond == 0 || context.ApiCaller() is not { } api)
            return RateLimitPartition.GetNoLimiter(0);
        return RateLimitPartition.GetTokenBucketLimiter(
            api.Application.TenantId.Value,
            _ =>
                new()
                {
                    TokenLimit = perSecond,
                    TokensPerPeriod = perSecond,
                    ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                }
        );
    }

    private static async ValueTask RejectAsync(OnRejectedContext context, CancellationToken ct)
    {
        var wait = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after)
            ? after
            : TimeSpan.FromSeconds(1);
        await RefuseAsync(context.HttpContext, wait, "This application asks more often than it may.");
    }

    /// <summary>For who has no good token.</summary>
    public static Task RefuseAsync(HttpContext context, TooManyCalls many) =>
        RefuseAsync(context, many.Wait, "Your network address asks too often without a good API token.");

    private static Task RefuseAsync(HttpContext context, TimeSpan wait, string reason)
    {
        var seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return ApiErrors.WriteAsync(
            context,
            StatusCodes.Status429TooManyRequests,
            $"{reason} Wait as long as the header Retry-After says."
        );
    }
}
