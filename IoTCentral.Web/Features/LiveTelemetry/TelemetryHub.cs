using System.Runtime.CompilerServices;
using IoTCentral.Core.Access;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Live;
using IoTCentral.Web.Api;
using Microsoft.AspNetCore.SignalR;

namespace IoTCentral.Web.Features.LiveTelemetry;

/// <summary>
/// Live telemetry for programs, over SignalR: <c>connection.stream("Follow", request)</c> with an API token. What is
/// committed comes; a reader that is slow loses the oldest, never the newest.
/// </summary>
internal sealed class TelemetryHub(
    ILiveFeed feed,
    DeviceRegistry devices,
    ApiTokens tokens,
    LiveStreams streams,
    TimeProvider time
) : Microsoft.AspNetCore.SignalR.Hub
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(30);

    /// <summary>Frames from now on, until the reader or the token ends.</summary>
    public async IAsyncEnumerable<LiveFrame> Follow(
        FollowRequest request,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        var caller = await CallerAsync(ct);
        if (request.Fault() is { } fault)
            throw new HubException(fault);
        var keys = await KeysAsync(caller, request, ct);
        using var place =
            streams.Take(caller.Tenant)
            ?? throw new HubException(
                $"This application follows {LiveStreams.MostOfApplication} streams already. End one, or follow more devices in one."
            );
        using var subscription = feed.Subscribe(caller.Tenant, keys);
        var frame = new FrameMaker(request);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct, Context.ConnectionAborted);
        var gathering = GatherAsync(subscription, frame, ending.Token);
        try
        {
            var looked = time.GetTimestamp();
            // says that it has begun: whoever waits for it misses nothing that is committed from here on
            yield return new([], 0);
            while (true)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(request.Every), time, ending.Token);
                if (time.GetElapsedTime(looked) >= LookAgain)
                {
                    await CallerAsync(ending.Token);
                    looked = time.GetTimestamp();
                }
                if (frame.Take(subscription.Dropped) is { Samples.Count: > 0 } next)
                    yield return next;
            }
        }
        finally
        {
            await ending.CancelAsync();
            await gathering;
        }
    }

    // Beside the reader, however slow it is: so the newest are always there.
    private static async Task GatherAsync(ILiveSubscription subscription, FrameMaker frame, CancellationToken ct)
    {
        try
        {
            while (true)
                frame.Add(await subscription.ReadAsync(ct));
        }
        catch (OperationCanceledException)
        {
            // the reader has gone
        }
    }

    /// <summary>Who the token says; asked again while the stream goes on, since tokens are taken back.</summary>
    private async Task<Caller> CallerAsync(CancellationToken ct)
    {
        var http = Context.GetHttpContext();
        var known =
            http is null || ApiTokenAuthentication.TokenOf(http.Request) is not { Length: > 0 } token
                ? null
                : await tokens.VerifyAsync(token, http.Connection.RemoteIpAddress?.ToString(), ct);
        if (known is not var (_, caller) || !caller.May(Permission.ViewDevices))
            throw new HubException("The token is unknown, wrong or expired, or may not see devices.");
        return caller;
    }

    private async Task<HashSet<long>?> KeysAsync(Caller caller, FollowRequest request, CancellationToken ct)
    {
        if (request.Devices is not { Count: > 0 } ids)
            return null;
        var keys = new HashSet<long>();
        foreach (var id in ids)
        {
            var device =
                await devices.FindAsync(caller, id, ct) ?? throw new HubException($"There is no device '{id}'.");
            keys.Add(device.Key);
        }
        return keys;
    }
}
