using IoTCentral.Core.Common;
using IoTCentral.Web.Errors;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace IoTCentral.Web.Ui.States;

/// <summary>What a page shows instead of itself when it throws: not found, not allowed, or failed with another try.</summary>
public sealed class PageErrors : ErrorBoundaryBase
{
    [Inject]
    private UiErrors Errors { get; set; } = null!;

    /// <summary>Null in a circuit, where the answer has long been sent.</summary>
    [CascadingParameter]
    private HttpContext? Context { get; set; }

    protected override Task OnErrorAsync(Exception exception)
    {
        AnswerStatus.Set(Context, DomainExceptionHandler.StatusOf(exception));
        Errors.Log(exception);
        return Task.CompletedTask;
    }

    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        switch (CurrentException)
        {
            case null:
                builder.AddContent(0, ChildContent);
                break;
            case NotFoundException missing:
                builder.OpenComponent<NotFoundState>(1);
                builder.AddComponentParameter(2, nameof(NotFoundState.Text), missing.Message);
                builder.CloseComponent();
                break;
            case ForbiddenException:
                builder.OpenComponent<NotAllowed>(3);
                builder.CloseComponent();
                break;
            default:
                builder.OpenComponent<FailedState>(4);
                builder.AddComponentParameter(5, nameof(FailedState.Why), Errors.Say(CurrentException));
                builder.AddComponentParameter(
                    6,
                    nameof(FailedState.Retry),
                    EventCallback.Factory.Create(this, Recover)
                );
                builder.CloseComponent();
                break;
        }
    }
}
