namespace IoTCentral.Web.Ui.States;

/// <summary>The HTTP status of a page that finds out while it is drawn that it is not what was asked for.</summary>
internal static class AnswerStatus
{
    /// <summary>Nothing happens in a circuit, where the answer has long been sent.</summary>
    public static void Set(HttpContext? context, int status)
    {
        if (context is not { Response: { HasStarted: false } response })
            return;
        // As it starts: Blazor throws away a page that is 404 before that and leaves it to the status pages, which know
        // neither the application nor what is missing.
        response.OnStarting(() =>
        {
            response.StatusCode = status;
            return Task.CompletedTask;
        });
    }
}
