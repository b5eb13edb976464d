using IoTCentral.Web.Ui.Live;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.JSInterop;

namespace IoTCentral.Web.Tests.Ui;

/// <summary>A browser that sleeps costs a bounded amount of our memory, for a bounded time.</summary>
public sealed class SleepingBrowserTests(TestSite site) : IClassFixture<TestSite>
{
    [Fact]
    public async Task Samples_that_are_not_taken_push_out_the_oldest()
    {
        var browser = new SilentBrowser();
        await using var frames = new LiveFrames(browser, TimeProvider.System);

        var flush = frames.FlushAsync(CancellationToken.None).AsTask();
        for (var i = 0; i < 20_500; i++)
            frames.Add(target: 1, series: 1, DateTimeOffset.UnixEpoch, i);

        Assert.False(flush.IsCompleted);
        Assert.Equal(500, frames.Dropped);
        await browser.Gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => flush);
    }

    [Fact]
    public void A_page_whose_browser_is_gone_ends_within_three_minutes()
    {
        var signal = site.Services.GetRequiredService<IOptions<HubOptions>>().Value;
        var circuits = site.Services.GetRequiredService<IOptions<CircuitOptions>>().Value;

        var noticed = signal.ClientTimeoutInterval ?? TimeSpan.FromSeconds(30);

        Assert.InRange(noticed + circuits.DisconnectedCircuitRetentionPeriod, TimeSpan.Zero, TimeSpan.FromMinutes(3));
        Assert.InRange(circuits.MaxBufferedUnacknowledgedRenderBatches, 1, 10);
    }

    /// <summary>Answers nothing as long as it is there.</summary>
    private sealed class SilentBrowser : IJSRuntime
    {
        public CancellationTokenSource Gone { get; } = new();

        public async ValueTask<TValue> InvokeAsync<TValue>(string identifier, object?[]? args)
        {
            await Task.Delay(Timeout.Infinite, Gone.Token);
            throw new InvalidOperationException("It never answers.");
        }

        public ValueTask<TValue> InvokeAsync<TValue>(
            string identifier,
            CancellationToken cancellationToken,
            object?[]? args
        ) => InvokeAsync<TValue>(identifier, args);
    }
}
