using System.Runtime.InteropServices;
using IoTCentral.Web.Ui.Charts;
using Microsoft.JSInterop;

namespace IoTCentral.Web.Ui.Live;

/// <summary>
/// Live samples of the page on the way to the browser: gathered, then sent as one typed array for all charts and
/// values. Nothing is rendered by the server for them.
/// </summary>
/// <example>
/// <code>
/// while (!Aborted.IsCancellationRequested)
/// {
///     foreach (var message in await feed.ReadAsync(Aborted)) … chart.Add(id, time, value) …
///     await Frames.FlushAsync(Aborted); // returns when the browser has drawn: a slow one gets fewer frames
///     await Frames.PauseAsync(Aborted); // 100 ms while somebody looks, 1 s while hidden
/// }
/// </code>
/// </example>
public sealed class LiveFrames(IJSRuntime js, TimeProvider time) : IAsyncDisposable
{
    // ten seconds of 2,000 samples/s; what is older was never seen and never will be
    private const int MaxSamples = 20_000;
    private static readonly TimeSpan Looking = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Hidden = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Queue<Sample> _samples = new();
    private readonly JsModule _module = new(js, "live");
    private DotNetObjectReference<LiveFrames>? _self;
    private int _lastTarget;
    private bool _isLookedAt = true;

    /// <summary>Samples that a slow browser never got.</summary>
    public long Dropped { get; private set; }

    /// <summary>A number for something that takes samples: a chart, a value.</summary>
    public int NewTarget() => Interlocked.Increment(ref _lastTarget);

    public void Add(int target, int series, DateTimeOffset at, double value)
    {
        lock (_gate)
        {
            if (_samples.Count == MaxSamples)
            {
                _samples.Dequeue();
                Dropped++;
            }
            _samples.Enqueue(new(target, series, ChartBytes.Milliseconds(at), value));
        }
    }

    /// <summary>Sends what was gathered; done when the browser has taken it.</summary>
    public async ValueTask FlushAsync(CancellationToken ct)
    {
        await WatchAsync(ct);
        if (Take() is { Length: > 0 } frame)
            await _module.CallAsync("frame", ct, frame);
    }

    /// <summary>The distance between frames: short while the page is visible, long while it is hidden.</summary>
    public Task PauseAsync(CancellationToken ct) => Task.Delay(_isLookedAt ? Looking : Hidden, time, ct);

    /// <summary>Called by the browser when the page is hidden or shown again.</summary>
    [JSInvokable]
    public void Look(bool isVisible) => _isLookedAt = isVisible;

    internal ValueTask BindAsync(int target, Microsoft.AspNetCore.Components.ElementReference element) =>
        _module.CallAsync("bindValue", default, target, element);

    internal ValueTask ReleaseAsync(int target) => _module.TellAsync("release", target);

    private async ValueTask WatchAsync(CancellationToken ct)
    {
        if (_self is not null)
            return;
        _self = DotNetObjectReference.Create(this);
        await _module.CallAsync("watchVisibility", ct, _self);
    }

    private byte[] Take()
    {
        lock (_gate)
        {
            var samples = _samples.ToArray();
            _samples.Clear();
            return MemoryMarshal.AsBytes(samples.AsSpan()).ToArray();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _module.FarewellAsync("stopWatching");
        _self?.Dispose();
    }

    private readonly record struct Sample(double Target, double Series, double Time, double Value);
}
