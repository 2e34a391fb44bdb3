"""The addresses of the API about hours, diaries and who sees an appointment."""

from __future__ import annotations

from django.urls import path

from booking.api import attending, diary, hours, sharing, time_off, verbs

_APPOINTMENT = "appointments/<uuid:appointment_id>"

urlpatterns = [
    path(f"{_APPOINTMENT}/approve/", verbs.AppointmentApprove.as_view(), name="api_approve"),
    path(f"{_APPOINTMENT}/reject/", verbs.AppointmentReject.as_view(), name="api_reject"),
    path(f"{_APPOINTMENT}/missed/correct/", attending.NoShowCorrect.as_view(), name="api_correct_noshow"),
    path(f"{_APPOINTMENT}/error/", attending.EnterInError.as_view(), name="api_enter_in_error"),
    path(f"{_APPOINTMENT}/history/", diary.AppointmentHistory.as_view(), name="api_history"),
    path(f"{_APPOINTMENT}/calendar.ics", diary.AppointmentCalendar.as_view(), name="api_calendar_file"),
    path(f"{_APPOINTMENT}/conceal/", sharing.AppointmentConceal.as_view(), name="api_conceal"),
    path(f"{_APPOINTMENT}/shares/", sharing.ShareList.as_view(), name="api_shares"),
    path(f"{_APPOINTMENT}/shares/<uuid:share_id>/revoke/", sharing.ShareRevoke.as_view(), name="api_unshare"),
    path("share-offers/", sharing.OfferList.as_view(), name="api_offers"),
    path("share-offers/<uuid:share_id>/accept/", sharing.OfferAccept.as_view(), name="api_share_accept"),
    path("share-offers/<uuid:share_id>/decline/", sharing.OfferDecline.as_view(), name="api_share_decline"),
    path("calendar-feeds/", sharing.FeedList.as_view(), name="api_feeds"),
    path("calendar-feeds/<slug:kind>/make/", sharing.FeedMake.as_view(), name="api_feed_make"),
    path("calendar-feeds/<slug:kind>/revoke/", sharing.FeedRevoke.as_view(), name="api_feed_revoke"),
    path("my-day/", diary.DoctorDay.as_view(), name="api_day"),
    path("my-day/week/", diary.DoctorWeek.as_view(), name="api_week"),
    path("my-day/past/", diary.DoctorPastDays.as_view(), name="api_past_days"),
    path("my-day/running-late/", time_off.RunningLate.as_view(), name="api_running_late"),
    path("my-day/cancel-rest/", time_off.RestOfToday.as_view(), name="api_cancel_rest"),
    path("clinics/", diary.ClinicList.as_view(), name="api_clinics"),
    path("clinics/<slug:location_slug>/day/", diary.ClinicDay.as_view(), name="api_clinic_day"),
    path("availability/", hours.Availability.as_view(), name="api_availability"),
    path("availability/rules/", hours.RuleAdd.as_view(), name="api_rule_add"),
    path("availability/rules/change/", hours.RulesChange.as_view(), name="api_rules_change"),
    path("availability/rules/remove/", hours.RulesRemove.as_view(), name="api_rules_remove"),
    path("availability/rules/copy/", hours.DayCopy.as_view(), name="api_day_copy"),
    path("availability/rules/<uuid:rule_id>/", hours.RuleDetail.as_view(), name="api_rule"),
    path("availability/rules/<uuid:rule_id>/remove/", hours.RuleRemove.as_view(), name="api_rule_remove"),
    path("availability/outside/", time_off.OutsideHours.as_view(), name="api_outside_hours"),
    path("availability/limits/", hours.LimitsChange.as_view(), name="api_limits"),
    path("availability/stop/", hours.BookingsStop.as_view(), name="api_bookings_stop"),
    path("availability/resume/", hours.BookingsResume.as_view(), name="api_bookings_resume"),
    path("availability/leave/", time_off.LeaveAdd.as_view(), name="api_leave_add"),
    path("availability/leave/<uuid:leave_id>/remove/", time_off.LeaveRemove.as_view(), name="api_leave_remove"),
    path(
        "availability/leave/<uuid:leave_id>/appointments/",
        time_off.LeaveAppointments.as_view(),
        name="api_leave_appointments",
    ),
    path("availability/extra/", time_off.ExtraAdd.as_view(), name="api_extra_add"),
    path("availability/extra/<uuid:extra_id>/remove/", time_off.ExtraRemove.as_view(), name="api_extra_remove"),
    path("cancellings/<uuid:cancelling_id>/", time_off.CancellingDetail.as_view(), name="api_cancelling"),
]
