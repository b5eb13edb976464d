using IoTCentral.Core.Access;
using IoTCentral.Core.Devices;
using Microsoft.AspNetCore.Components;

namespace IoTCentral.Web.Features.Admin;

/// <summary>Who tried to connect and belongs to no application: the only place where these attempts are all shown.</summary>
public sealed partial class AttemptsPage
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Back = TimeSpan.FromDays(7);

    private IReadOnlyList<ConnectionAttempt>? _attempts;

    [Inject]
    private ConnectionLogReader Log { get; set; } = null!;

    [Inject]
    private IAccessStore Access { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    protected override Task OnInitializedAsync() => ReadAsync();

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
            _ = WatchAsync();
    }

    private async Task ReadAsync()
    {
        // As stored now: a claim of an open page may be older than the right it speaks of.
        var id = await PersonIdAsync();
        var person =
            await Access.FindPersonAsync(id, Aborted)
            ?? throw new InvalidOperationException($"Person {id} is signed in and not there.");
        _attempts = await Log.AttemptsAsync(person, Time.GetUtcNow() - Back, Aborted);
    }

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(Pace, Time);
        try
        {
            while (await timer.WaitForNextTickAsync(Aborted))
            {
                if (await TryReadAsync())
                    StateHasChanged();
            }
        }
        catch (OperationCanceledException)
        {
            // the page is left
        }
    }

    /// <summary>It did not come to a conversation.</summary>
    private static bool IsTls(ConnectionAttempt attempt) =>
        attempt.Code is ConnectionCode.TlsBrokenOff or ConnectionCode.NotTls;

    /// <summary>Whether there is something new; what cannot be read now is read at the next look.</summary>
    private async Task<bool> TryReadAsync()
    {
        var before = _attempts;
        try
        {
            await ReadAsync();
            return before is null || !_attempts!.SequenceEqual(before);
        }
#pragma warning disable CA1031 // the top of a loop that must live: the next look may succeed
        catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
        {
            Errors.Log(e);
            return false;
        }
    }
}
