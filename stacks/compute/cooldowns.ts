/** Long enough for new tasks to be counted before more are added. */
export const SCALE_OUT_COOLDOWN_SECONDS = 60;
/** Five quiet minutes, because a missing task costs users more than an idle one. */
export const SCALE_IN_COOLDOWN_SECONDS = 300;
