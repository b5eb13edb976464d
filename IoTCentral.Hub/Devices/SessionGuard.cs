using System.Collections.Concurrent;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Tenants;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IoTCentral.Hub.Devices;

/// <summary>
/// Cuts off devices that may no longer talk because of what another process did: blocked or deleted there, or their
/// application suspended; and those whose certificate no longer counts. (What this process does it tells <see cref="IDeviceLink"/> itself.)
/// </summary>
internal sealed class SessionGuard(
    SessionRegistry sessions,
    IDeviceLink link,
    ISignInStore store,
    CertificateSignIn certificates,
    ChangeFeed changes,
    TimeProvider time,
    ILogger<SessionGuard> logger
) : BackgroundService
{
    // One query's worth; an application may have more devices connected.
    private const int MostAtOnce = 5_000;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    // Bounded by itself: the same news twice is one. A null key is all devices of the tenant.
    private readonly ConcurrentDictionary<(TenantId Tenant, long? DeviceKey), bool> _news = new();
    private readonly ConcurrentDictionary<TenantId, bool> _certificateNews = new();
    private readonly SemaphoreSlim _arrival = new(0, 1);

    public override void Dispose()
    {
        base.Dispose();
        _arrival.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var listening = changes.Listen(Note);
        try
        {
            while (true)
            {
                await _arrival.WaitAsync(stoppingToken);
                await CheckAsync(Take(), stoppingToken);
                foreach (var tenant in _certificateNews.Keys)
                {
                    _certificateNews.TryRemove(tenant, out _);
                    foreach (var device in sessions.CertifiedOf(tenant))
                    {
                        while (!await TryRecheckAsync(device, stoppingToken))
                            await Task.Delay(RetryAfter, time, stoppingToken);
                    }
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // every connection ends with the program
        }
    }

    private void Note(Change change)
    {
        if (change.Kind == ChangeKind.Application)
            Note((change.Tenant, null));
        else if (change.Kind == ChangeKind.Keys)
            NoteCertificates(change.Tenant);
        else if (change is { Kind: ChangeKind.Device, IsFromElsewhere: true })
            Note((change.Tenant, change.DeviceKey));
    }

    private void Note((TenantId, long?) news)
    {
        _news[news] = true;
        Wake();
    }

    /// <summary>A certificate may have been taken back: unlike a token it does not end soon by itself.</summary>
    private void NoteCertificates(TenantId tenant)
    {
        _certificateNews[tenant] = true;
        Wake();
    }

    private void Wake()
    {
        try
        {
            if (_arrival.CurrentCount == 0)
                _arrival.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // somebody else was first, or the program ends
        }
    }

    private List<(TenantId Tenant, long DeviceKey)> Take()
    {
        var devices = new HashSet<(TenantId, long)>();
        foreach (var news in _news.Keys)
        {
            _news.TryRemove(news, out _);
            // A named device is asked for though it is not here: it may be signing in at this moment.
            if (news.DeviceKey is { } key)
                devices.Add((news.Tenant, key));
            else
                devices.UnionWith(sessions.KeysOf(news.Tenant).Select(k => (news.Tenant, k)));
        }

        return [.. devices];
    }

    private async Task CheckAsync(List<(TenantId, long)> devices, CancellationToken ct)
    {
        foreach (var some in devices.Chunk(MostAtOnce))
        {
            while (!await TryCheckAsync(some, ct))
                await Task.Delay(RetryAfter, time, ct);
        }
    }

    private async Task<bool> TryCheckAsync((TenantId, long)[] devices, CancellationToken ct)
    {
        try
        {
            foreach (var barred in await store.FindBarredAsync(devices, ct))
                await link.DropAsync(barred.TenantId, barred.DeviceKey, barred.Code, ct);
            return true;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            logger.LogWarning("Whether devices may still talk cannot be read at the moment ({Reason}).", e.Message);
            return false;
        }
    }

    private async Task<bool> TryRecheckAsync(SignedIn device, CancellationToken ct)
    {
        try
        {
            if (await certificates.RecheckAsync(device, device.Certificate!, ct) is { } refusal)
                await link.DropAsync(device.TenantId, device.Key, refusal.Code, ct);
            return true;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            logger.LogWarning(
                "Whether certificates are still good cannot be read at the moment ({Reason}).",
                e.Message
            );
            return false;
        }
    }
}
