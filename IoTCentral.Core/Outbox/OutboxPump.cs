using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IoTCentral.Core.Outbox;

/// <summary>
/// Sends what is due, each target in a lane of its own, so that a slow webhook or mail server costs nobody else
/// anything. Storage away: waits and goes on.
/// </summary>
public sealed class OutboxPump : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SweepEvery = TimeSpan.FromHours(6);
    private static readonly TimeSpan KeepFor = TimeSpan.FromDays(90);

    // What one look takes: enough to keep the lanes busy until the next.
    private const int PerTarget = 20;
    private const int Limit = 1_000;

    private readonly IOutboxStore _store;
    private readonly Dictionary<OutboxKind, IOutboxSender> _senders;
    private readonly TimeProvider _time;
    private readonly ILogger<OutboxPump> _logger;
    private readonly ConcurrentDictionary<string, Task> _lanes = new(StringComparer.Ordinal);
    private readonly OutboxMetrics _metrics;
    private DateTimeOffset _sweepAt;

    public OutboxPump(
        IOutboxStore store,
        IEnumerable<IOutboxSender> senders,
        TimeProvider time,
        IMeterFactory meters,
        ILogger<OutboxPump> logger
    )
    {
        (_store, _time, _logger) = (store, time, logger);
        _senders = senders.ToDictionary(s => s.Kind);
        _metrics = new(meters, time);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, _time);
        try
        {
            do
            {
                try
                {
                    await RunOnceAsync(stoppingToken);
                }
                catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
                {
                    _logger.LogWarning(e, "Outbox: looking for due messages failed; trying again.");
                }
            } while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is being sent ends first; what waits is durable.
            await Task.WhenAll(_lanes.Values);
        }
    }

    /// <summary>Looks once for due messages and hands them to their lanes.</summary>
    internal async Task RunOnceAsync(CancellationToken ct)
    {
        var now = _time.GetUtcNow();
        var due = await _store.DueAsync(now, PerTarget, Limit, ct);
        foreach (var lane in due.GroupBy(LaneOf))
        {
            if (_lanes.ContainsKey(lane.Key))
                continue;
            var messages = new ConcurrentQueue<DueMessage>(lane);
            var width = lane.First().Kind == OutboxKind.Email ? EmailWidth : WebhookWidth;
            var task = Task.WhenAll(Enumerable.Range(0, width).Select(_ => DrainAsync(messages, ct)));
            _lanes[lane.Key] = task;
            _ = task.ContinueWith(
                _ => _lanes.TryRemove(lane.Key, out var _),
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default
            );
        }

        _metrics.Backlog = await _store.BacklogAsync(ct);
        if (now >= _sweepAt)
        {
            _sweepAt = now + SweepEvery;
            await _store.SweepAsync(now - KeepFor, ct);
        }
    }

    /// <summary>Waits until the lanes that run now are empty.</summary>
    internal Task IdleAsync() => Task.WhenAll(_lanes.Values);

    // All mail goes through one server, which likes few connections; a webhook's host gets two requests at a time.
    private const int EmailWidth = 4;
    private const int WebhookWidth = 2;

    private static string LaneOf(DueMessage message) =>
        message.Kind == OutboxKind.Email ? "email"
        : Uri.TryCreate(message.Target, UriKind.Absolute, out var uri) ? uri.Authority
        : message.Target;

    private async Task DrainAsync(ConcurrentQueue<DueMessage> messages, CancellationToken ct)
    {
        await Task.Yield();
        while (!ct.IsCancellationRequested && messages.TryDequeue(out var due))
        {
            try
            {
                await SendAsync(due, ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // The claim ends by itself, then it is tried again.
                _logger.LogWarning(
                    e,
                    "Outbox: message {Id} of tenant {Tenant} could not be handled.",
                    due.Id,
                    due.TenantId
                );
            }
        }
    }

    private async Task SendAsync(DueMessage due, CancellationToken ct)
    {
        var now = _time.GetUtcNow();
        // Somebody else tries again only when this attempt cannot be running any more.
        var until = now + (RetryPlan.AttemptTimeout * 3);
        if (await _store.ClaimAsync(due.TenantId, due.Id, now, until, ct) is not { } message)
            return;
        var outcome = await AttemptAsync(message, ct);
        var after = After(message, outcome);
        _metrics.Count(message.Kind, outcome.Result);
        if (after.Status == OutboxStatus.Failed)
            _logger.LogWarning(
                "Outbox: {Kind} {Id} of tenant {Tenant} is given up: {Reason}",
                message.Kind,
                message.Id,
                message.TenantId,
                after.LastError
            );
        await _store.EndAttemptAsync(after, ct);
    }

    private async Task<SendOutcome> AttemptAsync(OutboxMessage message, CancellationToken ct)
    {
        using var timeout = new CancellationTokenSource(RetryPlan.AttemptTimeout, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, ct);
        try
        {
            return await _senders[message.Kind].SendAsync(message, both.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return SendOutcome.Failed($"No answer within {RetryPlan.AttemptTimeout.TotalSeconds:0} seconds.");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return SendOutcome.Failed(e.Message);
        }
    }

    private OutboxMessage After(OutboxMessage message, SendOutcome outcome)
    {
        var now = _time.GetUtcNow();
        return outcome.Result switch
        {
            SendResult.Sent => message with { Status = OutboxStatus.Sent, SentAt = now, LastError = null },
            SendResult.Refused => message with
            {
                Status = OutboxStatus.Failed,
                LastError = RetryPlan.Shorten(outcome.Reason ?? ""),
            },
            SendResult.NotConfigured => message with { Status = OutboxStatus.NotSent, LastError = outcome.Reason },
            _ => RetryPlan.AfterFailure(message, outcome.Reason ?? "", now, Random.Shared.NextDouble()),
        };
    }
}

/// <summary>What on-call people watch of the outbox.</summary>
internal sealed class OutboxMetrics
{
    private readonly Counter<long> _attempts;

    public OutboxMetrics(IMeterFactory meters, TimeProvider time)
    {
        var meter = meters.Create("IoTCentral.Outbox");
        _attempts = meter.CreateCounter<long>("iotc.outbox.attempts", "{attempt}", "Attempts to send, by result.");
        meter.CreateObservableGauge("iotc.outbox.pending", () => Backlog.Pending, "{message}", "Messages that wait.");
        meter.CreateObservableGauge(
            "iotc.outbox.age",
            () => Backlog.Oldest is { } oldest ? Math.Max(0, (time.GetUtcNow() - oldest).TotalSeconds) : 0,
            "s",
            "Age of the oldest message that waits."
        );
    }

    public OutboxBacklog Backlog { get; set; } = OutboxBacklog.Empty;

    public void Count(OutboxKind kind, SendResult result) =>
        _attempts.Add(1, new("kind", kind.ToString()), new("result", result.ToString()));
}
