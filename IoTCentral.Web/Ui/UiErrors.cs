using System.Security.Cryptography;
using IoTCentral.Core.Common;
using Microsoft.Extensions.Localization;
using MudBlazor;

namespace IoTCentral.Web.Ui;

/// <summary>
/// The one place where pages meet exceptions: a refusal becomes words for the person who asked, anything else a
/// reference that is in the log too.
/// </summary>
public sealed class UiErrors(ISnackbar snackbar, IStringLocalizer<UiTexts> texts, ILogger<UiErrors> log)
{
    /// <summary>
    /// Does what the person asked for. A refusal is shown as a snackbar; with a <paramref name="form"/>, faults of an
    /// <see cref="InvalidRequestException"/> go beside their fields instead. True when it was done.
    /// </summary>
    /// <param name="done">Said in a snackbar afterwards; null: nothing.</param>
    public async Task<bool> TryAsync(Func<Task> act, string? done = null, FormFaults? form = null)
    {
        form?.Clear();
        try
        {
            await act();
        }
        catch (InvalidRequestException e) when (form is not null)
        {
            form.Set(e.Faults);
            return false;
        }
        catch (OperationCanceledException)
        {
            return false; // the person left
        }
#pragma warning disable CA1031 // the top of what a click does: whatever it is, the page must live and say so
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log(e);
            snackbar.Add(Say(e), Severity.Error);
            return false;
        }
        if (done is not null)
            snackbar.Add(done, Severity.Success);
        return true;
    }

    /// <summary>The words for a person: what is wrong and what to do.</summary>
    public string Say(Exception exception) =>
        exception switch
        {
            UnavailableException => texts["StorageUnavailable"],
            DomainException refusal => refusal.Message,
            _ => texts["Unexpected", ReferenceOf(exception)],
        };

    /// <summary>Writes what nobody expected to the log; refusals are everyday and are not written.</summary>
    public void Log(Exception exception)
    {
        if (exception is not (DomainException or OperationCanceledException))
            log.LogError(
                exception,
                "A page failed; the person was shown reference {Reference}",
                ReferenceOf(exception)
            );
    }

    // the same for each mention of one failure
    private static string ReferenceOf(Exception exception)
    {
        if (exception.Data["reference"] is not string reference)
            exception.Data["reference"] = reference = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        return reference;
    }
}
