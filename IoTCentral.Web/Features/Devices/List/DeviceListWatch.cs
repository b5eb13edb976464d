using System.Collections.Concurrent;
using IoTCentral.Core.Access;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Live;
using IoTCentral.Core.Tenants;
using IoTCentral.Web.Ui;

namespace IoTCentral.Web.Features.Devices.List;

/// <summary>Makes watches of open device lists.</summary>
public sealed class DeviceListWatches(ILiveFeed feed, ChangeFeed changes, TimeProvider time, UiErrors errors)
{
    /// <param name="reload">Rows have changed.</param>
    /// <param name="redraw">Only the time of the last message has.</param>
    internal DeviceListWatch Start(Caller caller, Func<Task> reload, Func<Task> redraw) =>
        new(feed, changes, time, errors, caller, reload, redraw);
}

/// <summary>Keeps an open list true: who spoke last and what changed, looked at once a second.</summary>
internal sealed class DeviceListWatch : IDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<long, DateTimeOffset> _heard = new();
    private readonly Lifetime _gone = new();
    private readonly ILiveFeed _feed;
    private readonly TenantId _tenant;
    private readonly IDisposable _news;
    private ILiveSubscription? _speaking;
    private HashSet<long> _keys = [];
    private volatile bool _isChanged;
    private volatile bool _isHeard;

    public DeviceListWatch(
        ILiveFeed feed,
        ChangeFeed changes,
        TimeProvider time,
        UiErrors errors,
        Caller caller,
        Func<Task> reload,
        Func<Task> redraw
    )
    {
        caller.Demand(Permission.ViewDevices);
        (_feed, _tenant) = (feed, caller.Tenant);
        _news = changes.Listen(change =>
            _isChanged |= change.Tenant == caller.Tenant && change.Kind is ChangeKind.Device or ChangeKind.Connection
        );
        _ = TickAsync(time, errors, reload, redraw);
    }

    /// <summary>When this device spoke last since the list is open.</summary>
    public DateTimeOffset? Heard(long key) => _heard.TryGetValue(key, out var at) ? at : null;

    /// <summary>Listens to these devices from now on.</summary>
    public void Look(IReadOnlyCollection<Device> rows)
    {
        if (_keys.SetEquals(rows.Select(d => d.Key)) && _speaking is not null)
            return;
        _keys = [.. rows.Select(d => d.Key)];
        _speaking?.Dispose();
        _speaking = _feed.Subscribe(_tenant, _keys, capacity: 1_000);
        _ = ListenAsync(_speaking);
    }

    private async Task ListenAsync(ILiveSubscription speaking)
    {
        try
        {
            while (ReferenceEquals(speaking, _speaking))
            {
                foreach (var message in await speaking.ReadAsync(_gone.Token))
                    _heard[message.Message.DeviceKey] = message.Message.Received;
                _isHeard = true;
            }
        }
        catch (OperationCanceledException)
        {
            // the page is gone
        }
    }

    private async Task TickAsync(TimeProvider time, UiErrors errors, Func<Task> reload, Func<Task> redraw)
    {
        using var timer = new PeriodicTimer(Pace, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_gone.Token))
            {
                var (changed, heard) = (_isChanged, _isHeard);
                (_isChanged, _isHeard) = (false, false);
                await TryAsync(
                    changed ? reload
                        : heard ? redraw
                        : null,
                    errors
                );
            }
        }
        catch (OperationCanceledException)
        {
            // the page is gone
        }
    }

    private static async Task TryAsync(Func<Task>? act, UiErrors errors)
    {
        try
        {
            if (act is not null)
                await act();
        }
#pragma warning disable CA1031 // the top of a loop that must live: the next second tries again
        catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
        {
            errors.Log(e);
        }
    }

    public void Dispose()
    {
        _news.Dispose();
        _gone.Dispose();
        _speaking?.Dispose();
    }
}
